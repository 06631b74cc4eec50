package dev.flotilla.simulation.determinism;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what makes two runs of the same code differ: clocks, threads, chance without a seed, files,
 * and orders that come from an object's address or from a salt of the virtual machine. It looks at
 * what a class refers to, method handles included, so that no call is missed; reflection it cannot
 * see.
 */
final class Chance {
  private static final List<Pattern> TYPES =
      List.of(
          Pattern.compile("java/lang/Thread(\\$.*)?|java/lang/StackWalker"),
          Pattern.compile(
              "java/util/concurrent/(ThreadLocalRandom|Executors|\\w*ExecutorService"
                  + "|\\w*ThreadPoolExecutor|ForkJoin\\w*|StructuredTaskScope.*|CountDownLatch"
                  + "|CyclicBarrier|Semaphore|Phaser|SynchronousQueue|ExecutorCompletionService)"),
          Pattern.compile("java/util/(Timer|TimerTask|IdentityHashMap|WeakHashMap)"),
          Pattern.compile("java/util/concurrent/locks/(LockSupport|Condition)"),
          Pattern.compile("java/security/SecureRandom"),
          Pattern.compile("java/nio/file/.*|java/nio/channels/\\w*(File|Socket|Selector)\\w*"),
          Pattern.compile("java/io/(File|File\\w*Stream|FileReader|FileWriter|RandomAccessFile)"),
          Pattern.compile("java/net/\\w*Socket\\w*|java/net/http/.*|java/net/InetAddress"),
          Pattern.compile("java/lang/ref/(Cleaner|WeakReference|SoftReference|PhantomReference)"));

  /** Owner and name, and where it matters the descriptor. */
  private static final List<Pattern> MEMBERS =
      List.of(
          Pattern.compile("java/lang/System\\.(nanoTime|currentTimeMillis|identityHashCode)\\(.*"),
          Pattern.compile("java/time/(\\w+\\.now\\(.*|Clock\\.(system|tick).*)"),
          Pattern.compile("java/util/Date\\.<init>\\(\\)V"),
          Pattern.compile("java/lang/Math\\.random\\(.*|java/util/UUID\\.randomUUID\\(.*"),
          Pattern.compile("java/util/(Random|SplittableRandom)\\.<init>\\(\\)V"),
          Pattern.compile("java/util/random/RandomGenerator\\w*\\.(of|getDefault|create)\\(.*"),
          Pattern.compile("java/util/Collections\\.shuffle\\(Ljava/util/List;\\)V"),
          Pattern.compile(
              "java/util/concurrent/CompletableFuture"
                  + "\\.(\\w*Async|orTimeout|completeOnTimeout|delayedExecutor)\\(.*"),
          Pattern.compile("java/lang/Object\\.(hashCode|wait|notify|notifyAll)\\(.*"),
          Pattern.compile(".*\\.(parallelStream|parallel)\\(.*"),
          Pattern.compile("io/github/resilience4j/.*[rR]andom.*"),
          // Sets and maps whose order is salted, unless they are too small to have one.
          Pattern.compile("java/util/Set\\.of\\((\\[|Ljava/lang/Object;Ljava/lang/Object;).*"),
          Pattern.compile("java/util/Map\\.(ofEntries\\(.*|of\\((Ljava/lang/Object;){4}.*)"),
          Pattern.compile("java/util/(Set|Map)\\.copyOf\\(.*"),
          Pattern.compile("java/util/stream/Collectors\\.toUnmodifiable(Set|Map)\\(.*"));

  /** What makes a table whose order is that of its keys' hashes. */
  private static final Pattern HASH_TABLE =
      Pattern.compile(
          "java/util/Hash(Map|Set)\\.(<init>|newHash\\w+)\\(.*"
              + "|java/util/concurrent/ConcurrentHashMap\\.(<init>|newKeySet)\\(.*"
              + "|java/util/stream/Collectors\\.(toSet|toMap|groupingBy|partitioningBy)\\(.*");

  private static final Pattern KEYED =
      Pattern.compile(
          "Ljava/util/(?:concurrent/)?(?:Hash|ConcurrentHash|Concurrent)?(?:Map|Set)<([^>;]*[>;])");

  private static final Set<String> STABLE =
      Set.of(
          "Ljava/lang/String;",
          "Ljava/lang/Integer;",
          "Ljava/lang/Long;",
          "Ljava/lang/Short;",
          "Ljava/lang/Byte;",
          "Ljava/lang/Character;",
          "Ljava/lang/Boolean;",
          "Lcom/google/protobuf/ByteString;",
          "I",
          "J",
          "S",
          "B",
          "C",
          "Z");

  private final Map<String, ClassModel> known;

  /**
   * @param known every class of ours, so that the hash of a record can be judged by its parts
   */
  Chance(Map<String, ClassModel> known) {
    this.known = known;
  }

  /** What a class refers to and must not, in words, ascending. */
  Set<String> in(ClassModel model) {
    Set<String> found = new TreeSet<>();
    boolean hashTable = false;
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry type -> {
          if (matches(TYPES, type.asInternalName())) {
            found.add("refers to " + type.asInternalName());
          }
        }
        case MemberRefEntry member -> {
          String name = name(member);
          if (matches(MEMBERS, name)) {
            found.add("uses " + name);
          }
          hashTable |= HASH_TABLE.matcher(name).matches();
          if (member.name().equalsString("hashCode") && identity(owner(member))) {
            found.add("takes the hash of " + owner(member));
          }
        }
        default -> {}
      }
    }
    if (hashTable) {
      keys(model).stream()
          .filter(key -> !stable(key))
          .forEach(key -> found.add("may order a hash table by the hash of " + key));
    }
    return found;
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static String name(MemberRefEntry member) {
    return member.owner().asInternalName()
        + "."
        + member.name().stringValue()
        + member.type().stringValue();
  }

  /** Whether a type of ours, or an array, takes its hash from where an object lies. */
  private boolean identity(String type) {
    return type.startsWith("[")
        || (known.containsKey(type.substring(1, type.length() - 1)) && !stable(type));
  }

  private static String owner(MemberRefEntry member) {
    String name = member.owner().asInternalName();
    return name.startsWith("[") ? name : "L" + name + ";";
  }

  /** The types of the keys of all maps and sets that a class declares, locals included. */
  private static Set<String> keys(ClassModel model) {
    List<String> signatures = new ArrayList<>();
    model
        .fields()
        .forEach(field ->
            field.findAttribute(Attributes.signature()).ifPresent(s -> signatures.add(text(s))));
    model
        .findAttribute(Attributes.record())
        .ifPresent(record ->
            record
                .components()
                .forEach(part ->
                    part.findAttribute(Attributes.signature())
                        .ifPresent(s -> signatures.add(text(s)))));
    for (MethodModel method : model.methods()) {
      method.findAttribute(Attributes.signature()).ifPresent(s -> signatures.add(text(s)));
      method
          .code()
          .ifPresent(code -> {
            for (CodeElement element : code) {
              if (element instanceof LocalVariableType local) {
                signatures.add(local.signature().stringValue());
              }
            }
          });
    }
    Set<String> keys = new TreeSet<>();
    for (String signature : signatures) {
      Matcher matcher = KEYED.matcher(signature);
      while (matcher.find()) {
        keys.add(matcher.group(1));
      }
    }
    return keys;
  }

  private static String text(SignatureAttribute attribute) {
    return attribute.signature().stringValue();
  }

  private boolean stable(String type) {
    return stable(type, new HashSet<>());
  }

  /** Whether a type's hash is the same in every virtual machine. */
  private boolean stable(String type, Set<String> asked) {
    if (STABLE.contains(type) || !asked.add(type)) {
      return true;
    }
    if (!type.startsWith("L") || !type.endsWith(";") || type.contains("<")) {
      return false;
    }
    ClassModel model = known.get(type.substring(1, type.length() - 1));
    if (model == null || model.superclass().isEmpty()) {
      return false;
    }
    boolean writtenByHand =
        model.methods().stream()
            .filter(method -> method.methodName().equalsString("hashCode"))
            .flatMap(method -> method.code().stream())
            .anyMatch(code -> !usesObjectMethods(code.elementList()));
    return writtenByHand
        || model
            .findAttribute(Attributes.record())
            .map(record ->
                record.components().stream().allMatch(part -> stable(descriptor(part), asked)))
            .orElse(false);
  }

  private static boolean usesObjectMethods(List<CodeElement> code) {
    return code.stream().anyMatch(element -> element instanceof InvokeDynamicInstruction);
  }

  private static String descriptor(RecordComponentInfo part) {
    ClassDesc type = part.descriptorSymbol();
    return type.descriptorString();
  }
}
