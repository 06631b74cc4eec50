package dev.flotilla.kv.engine;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A scan through two ordered sources, of which the upper one hides what the lower one says. */
public final class MergedScan {
  private final Iterator<Map.Entry<byte[], byte[]>> upper;
  private final byte[] deleted;
  private final KvEngine.Visitor visitor;
  private Map.@Nullable Entry<byte[], byte[]> next;
  private boolean wanted = true;

  private MergedScan(
      Iterator<Map.Entry<byte[], byte[]>> upper, byte[] deleted, KvEngine.Visitor visitor) {
    this.upper = upper;
    this.deleted = deleted;
    this.visitor = visitor;
    advance();
  }

  /** How a source is scanned. */
  @FunctionalInterface
  public interface Source {
    void scan(KvEngine.Visitor visitor);
  }

  /**
   * Visits both in the order of their keys, until the visitor has enough.
   *
   * @param upper entries in the order of their keys
   * @param deleted a value, told by identity, that hides a key without giving it another
   * @param lower begins where the upper one does
   */
  public static void scan(
      Iterator<Map.Entry<byte[], byte[]>> upper,
      byte[] deleted,
      Source lower,
      KvEngine.Visitor visitor) {
    MergedScan merge = new MergedScan(upper, deleted, visitor);
    lower.scan(merge::visitLower);
    merge.rest();
  }

  private boolean visitLower(byte[] key, byte[] value) {
    while (wanted && next != null) {
      int order = Arrays.compareUnsigned(next.getKey(), key);
      if (order > 0) {
        break;
      }
      visitUpper(next);
      if (order == 0) {
        return wanted;
      }
    }
    wanted = wanted && visitor.visit(key, value);
    return wanted;
  }

  private void rest() {
    while (wanted && next != null) {
      visitUpper(next);
    }
  }

  /** By identity: an empty value is a value. */
  @SuppressWarnings("ReferenceEquality")
  private void visitUpper(Map.Entry<byte[], byte[]> entry) {
    if (entry.getValue() != deleted) {
      wanted = visitor.visit(entry.getKey(), entry.getValue());
    }
    advance();
  }

  private void advance() {
    next = upper.hasNext() ? upper.next() : null;
  }
}
