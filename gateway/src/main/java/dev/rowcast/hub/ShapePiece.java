package dev.rowcast.hub;

import dev.rowcast.message.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the log as one loop is handed it.
 *
 * <p>Immutable.
 *
 * @param from the place before it
 * @param to its last place
 * @param boundary where the last transaction in it ends; null: none does
 * @param frames those of the shapes that the loop asked for and that changed
 * @param bytes of all frames
 */
record ShapePiece(
    Position from,
    Position to,
    @Nullable Position boundary,
    List<ShapePiece.Frames> frames,
    long bytes) {

  /** Frames of one shape, in their order; the bytes are shared by all loops. */
  record Frames(String shape, List<byte[]> frames) {}

  /** Copies the list. */
  ShapePiece {
    frames = List.copyOf(frames);
  }
}
