package dev.flotilla.bench.door;

/** What latencies are told apart by. */
public enum OperationKind {
  READ,
  /** Sets and deletes. */
  WRITE,
  /** A read and the conditional write that follows it, as one. */
  MODIFY,
  SCAN;

  /** The kind of what ends with this operation. */
  public static OperationKind of(Operation last) {
    return switch (last) {
      case Operation.Get _ -> READ;
      case Operation.Set _, Operation.Delete _ -> WRITE;
      case Operation.SetIf _ -> MODIFY;
      case Operation.Scan _ -> SCAN;
    };
  }
}
