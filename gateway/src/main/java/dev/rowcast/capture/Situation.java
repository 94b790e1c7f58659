package dev.rowcast.capture;

import dev.rowcast.observe.Health;
import org.slf4j.Logger;

/**
 * Tells operators how a capture is: in readiness each time, in the log when that has changed.
 *
 * <p>Confined to the capture's thread.
 */
public final class Situation {
  private final Health.Probe probe;
  private final Logger log;
  private final String leading;
  private String told = "";

  /** With the words for a node that leads, for example that it reads the log of some server. */
  public Situation(Health health, Logger log, String leading) {
    this.probe = health.part("capture");
    this.log = log;
    this.leading = leading;
  }

  /** This node captures. */
  public void leads() {
    probe.up("leads");
    if (isNew("leads")) {
      log.info("capture: {}", leading);
    }
  }

  /** Another one does. */
  public void standsBy() {
    probe.up("another node leads");
    if (isNew("stands by")) {
      log.info("capture: another node leads, this one stands by");
    }
  }

  /** This node captures, and more waits than should. */
  public void lags(String how) {
    probe.warn(how);
    if (isNew("lags")) {
      log.warn("capture: {}", how);
    }
  }

  /** What is captured is not taken, for this reason or that. */
  public void isStuck(Exception failure) {
    goesDown("is stuck", sentence(failure));
  }

  /** PostgreSQL cannot be used; told anew when the reason is another one. */
  public void isDown(Exception failure) {
    var why = sentence(failure);
    goesDown("is down: " + why, why);
  }

  private void goesDown(String state, String why) {
    probe.down(why);
    if (isNew(state)) {
      log.warn("capture: {}", why);
    }
  }

  private boolean isNew(String state) {
    var isNew = !state.equals(told);
    told = state;
    return isNew;
  }

  private static String sentence(Exception failure) {
    return String.valueOf(failure.getMessage()).replaceAll("\\s*[\\r\\n]+\\s*", " ").strip();
  }
}
