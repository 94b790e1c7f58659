package dev.rowcast.routing;

import dev.rowcast.message.Topic;

/**
 * What a change became: bytes for the listeners of a topic.
 *
 * <p>Immutable as long as nobody writes to the payload, which is shared and never copied.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy of each payload would cost.
public record FacilityMessage(Topic topic, byte[] payload) {}
