package dev.rowcast.hub;

import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * One request for a shape, as its loop's shard sees it: up to date, when it is handed the shape's
 * frames as they come, or behind, when it reads the feed by itself.
 *
 * <pre>
 *   joined ──active──▶ behind ──follow──▶ up to date
 *                        ▲                    │
 *                        └─ fallBehind, overtaken, broken
 * </pre>
 *
 * <p>Confined to that loop.
 */
public abstract class ShapeMember {
  @Nullable LoopShape group;

  /** Its place among those who are up to date; negative: it is behind. */
  int index = -1;

  /**
   * The shape is matched on this node from the shard's position on. Comes once after {@link
   * ShapeShard#join}, from a later task of the loop or at once.
   */
  protected abstract void active();

  /**
   * Takes frames. May end its connection, and may fall behind; then it has nothing of this burst.
   */
  protected abstract void deliver(ShapeBurst burst);

  /**
   * The loop was too slow to be handed everything: it is behind now.
   *
   * @param place up to which it was told everything
   */
  protected abstract void overtaken(Position place);

  /** The log does not continue what this node had; it is behind, at {@code now}. */
  protected abstract void broken(FeedStep.Reason reason, Position now);

  /** Whether it is handed frames as they come. */
  public final boolean isUpToDate() {
    return index >= 0;
  }

  /** Whether the shape is matched on this node for it. */
  public final boolean isActive() {
    return group != null && group.isActive;
  }

  /** The shape it has joined. */
  protected final @Nullable Shape shape() {
    return group == null ? null : group.shape;
  }
}
