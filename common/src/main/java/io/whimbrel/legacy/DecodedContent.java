// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** What a stored content turned out to be. */
public sealed interface DecodedContent permits DecodedText, AbsentContent, QuarantinedContent {}
