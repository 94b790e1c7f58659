package dev.rowcast.cli.demo;

/** Where a run or a job stands, under Rodan's numbers. */
enum RunStatus {
  SCHEDULED(0),
  PROCESSING(1),
  WAITING(2),
  FINISHED(4),
  FAILED(-1),
  CANCELLED(9);

  private final int number;

  RunStatus(int number) {
    this.number = number;
  }

  /** As it stands in the table. */
  int number() {
    return number;
  }

  /** The status of this number; one that we do not know counts as scheduled. */
  static RunStatus of(int number) {
    for (var status : values()) {
      if (status.number == number) {
        return status;
      }
    }
    return SCHEDULED;
  }
}
