// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

/** Why a request is not served: a status from 400 on, a stable code, a sentence for people. */
record Refusal(int status, String code, String message) {}
