package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Leader;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.balancer.routing.Precondition;
import dev.flotilla.balancer.routing.ScanPosition;
import dev.flotilla.slot.Slots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The database in a map: right answers at once, or the failure a test asks for. */
final class FakeKv implements KvService {
  private static final long TERM = 7;

  private record Entry(ByteString value, long revision, long ttlMillis) {}

  private final int groupCount;
  private final SlotTable slots;
  private final Map<ByteString, Entry> entries =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  private final Set<Integer> leaderless = new HashSet<>();
  private long revision;
  private @Nullable FailureCode failure;
  private Outcome failureOutcome = Outcome.NOT_APPLIED;
  private @Nullable CompletableFuture<KvAnswer> held;
  CallOptions lastOptions = CallOptions.DEFAULT;

  /** Where the last request came from. */
  @Nullable Thread lastThread;

  List<KvRequest> seen = new ArrayList<>();

  FakeKv(int groupCount) {
    this.groupCount = groupCount;
    List<RingGroup> ring = new ArrayList<>();
    for (int id = 1; id <= groupCount; id++) {
      ring.add(new RingGroup(id, "g" + id, 1));
    }
    this.slots = SlotTable.fromRing(ring, 3);
  }

  /** From now on everything fails so. */
  synchronized void failWith(FailureCode code, Outcome outcome) {
    failure = code;
    failureOutcome = outcome;
  }

  /** From now on nothing is answered until the future given back is completed. */
  synchronized CompletableFuture<KvAnswer> hold() {
    held = new CompletableFuture<>();
    return held;
  }

  synchronized void loseLeader(int group) {
    leaderless.add(group);
  }

  synchronized void answerAgain() {
    failure = null;
  }

  synchronized void reset() {
    entries.clear();
    leaderless.clear();
    failure = null;
    held = null;
    seen.clear();
    lastOptions = CallOptions.DEFAULT;
  }

  @Override
  public synchronized CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions options) {
    lastOptions = options;
    lastThread = Thread.currentThread();
    seen.add(request);
    if (held != null) {
      return held;
    }
    if (failure != null) {
      return CompletableFuture.completedFuture(
          new KvAnswer.Failed(2, TERM, failure, failureOutcome, "it was asked to fail"));
    }
    return CompletableFuture.completedFuture(answer(request));
  }

  private KvAnswer answer(KvRequest request) {
    return switch (request) {
      case KvRequest.Put put -> {
        ByteString key = ByteString.copyFrom(put.key());
        Entry before = entries.get(key);
        if (!holds(put.precondition(), before)) {
          yield new KvAnswer.ConditionFailed(group(put.key()), TERM, revisionOf(before));
        }
        entries.put(key, new Entry(ByteString.copyFrom(put.value()), ++revision, put.ttlMillis()));
        yield new KvAnswer.Written(group(put.key()), TERM, revision, before != null);
      }
      case KvRequest.Delete delete -> {
        ByteString key = ByteString.copyFrom(delete.key());
        Entry before = entries.get(key);
        if (!holds(delete.precondition(), before)) {
          yield new KvAnswer.ConditionFailed(group(delete.key()), TERM, revisionOf(before));
        }
        entries.remove(key);
        yield new KvAnswer.Written(
            group(delete.key()), TERM, before == null ? 0 : ++revision, before != null);
      }
      case KvRequest.Get get -> {
        Entry entry = entries.get(ByteString.copyFrom(get.key()));
        yield entry == null
            ? new KvAnswer.Absent(group(get.key()), TERM)
            : new KvAnswer.Found(
                group(get.key()),
                TERM,
                entry.revision(),
                get.omitValue() ? ByteString.EMPTY : entry.value(),
                entry.ttlMillis() == 0 ? 0 : 1_000 + entry.ttlMillis(),
                1_000);
      }
      case KvRequest.Scan scan -> scan(scan);
      case KvRequest.Touch touch -> new KvAnswer.Written(touch.group(), TERM, 0, false);
    };
  }

  private KvAnswer scan(KvRequest.Scan scan) {
    List<ByteString> inOrder =
        entries.keySet().stream()
            .filter(key -> group(key.toByteArray()) == scan.from().group())
            .filter(key -> key.startsWith(ByteString.copyFrom(scan.prefix())))
            .sorted(
                Comparator.comparingInt((ByteString key) -> Slots.of(key.toByteArray()))
                    .thenComparing(ByteString.unsignedLexicographicalComparator()))
            .toList();
    int from =
        scan.from().after() ? inOrder.indexOf(ByteString.copyFrom(scan.from().key())) + 1 : 0;
    List<KvAnswer.Key> keys = new ArrayList<>();
    int at = from;
    // One key less than asked for now and then: a scan may always end early.
    int most = scan.limit() > 1 ? scan.limit() - 1 : 1;
    for (; at < inOrder.size() && keys.size() < most; at++) {
      Entry entry = entries.get(inOrder.get(at));
      keys.add(
          new KvAnswer.Key(
              inOrder.get(at), entry.revision(), entry.value().size(), entry.ttlMillis()));
    }
    ScanPosition next =
        keys.isEmpty()
            ? scan.from()
            : new ScanPosition(
                scan.from().group(),
                true,
                Slots.of(keys.getLast().name().toByteArray()),
                keys.getLast().name().toByteArray());
    return new KvAnswer.Keys(scan.from().group(), TERM, keys, at < inOrder.size(), next);
  }

  private static long revisionOf(@Nullable Entry entry) {
    return entry == null ? 0 : entry.revision();
  }

  private static boolean holds(Precondition precondition, @Nullable Entry entry) {
    return switch (precondition) {
      case Precondition.None none -> true;
      case Precondition.Absent absent -> entry == null;
      case Precondition.Present present -> entry != null;
      case Precondition.RevisionIs is -> entry != null && entry.revision() == is.revision();
    };
  }

  private int group(byte[] key) {
    return slots.groupOf(Slots.of(key));
  }

  @Override
  public synchronized CompletableFuture<List<GroupView>> probeLeaders() {
    return CompletableFuture.completedFuture(groups());
  }

  @Override
  public synchronized List<GroupView> groups() {
    List<GroupView> views = new ArrayList<>();
    for (int id = 1; id <= groupCount; id++) {
      List<GroupView.Member> members = new ArrayList<>();
      for (int node = id * 3 - 2; node <= id * 3; node++) {
        members.add(new GroupView.Member(node, "127.0.0.1:" + (7000 + node)));
      }
      Leader leader = leaderless.contains(id) ? null : new Leader(id * 3 - 1, TERM);
      views.add(new GroupView(id, "g" + id, leader, TERM, slots.slotCount(id), members));
    }
    return views;
  }

  @Override
  public SlotTable slots() {
    return slots;
  }
}
