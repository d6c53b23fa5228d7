// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;

/** The form of {@link ControlState} in the grid; field names are the record's. */
final class ControlStateSerializer implements CompactSerializer<ControlState> {
  @Override
  public ControlState read(CompactReader in) {
    return new ControlState(
        in.readInt64("migrationId"),
        in.readInt64("epoch"),
        WorkerStatsSerializer.present("phase", in.readString("phase")),
        in.readBoolean("paused"),
        in.readString("throttle"),
        in.readInt32("pacePercent"));
  }

  @Override
  public void write(CompactWriter out, ControlState state) {
    out.writeInt64("migrationId", state.migrationId());
    out.writeInt64("epoch", state.epoch());
    out.writeString("phase", state.phase());
    out.writeBoolean("paused", state.paused());
    out.writeString("throttle", state.throttle());
    out.writeInt32("pacePercent", state.pacePercent());
  }

  @Override
  public String getTypeName() {
    return "whimbrel.ControlState";
  }

  @Override
  public Class<ControlState> getCompactClass() {
    return ControlState.class;
  }
}
