package dev.lifeboat.agent.kernel;

/** The error numbers we meet, in words that say what to do. */
public final class Errno {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** No such file, or no such key in a map. */
  public static final int ENOENT = 2;

  /** Somebody else holds it. */
  public static final int EAGAIN = 11;

  /** Permission denied; the BPF verifier also says so. */
  public static final int EACCES = 13;

  /** It exists already. */
  public static final int EEXIST = 17;

  /** The kernel does not know this, or an argument is wrong. */
  public static final int EINVAL = 22;

  private Errno() {}

  static String explain(int errno) {
    return switch (errno) {
      case EPERM -> "not permitted (run as root, with CAP_SYS_ADMIN or CAP_BPF and CAP_PERFMON)";
      case ENOENT -> "no such file or entry";
      case 5 -> "input/output error";
      case 6, 19 -> "no such device";
      case 7 -> "too large for this kernel";
      case EAGAIN -> "held by another process";
      case 12 -> "out of memory (or over the limit of locked memory: ulimit -l)";
      case EACCES -> "permission denied";
      case 16 -> "busy";
      case EEXIST -> "exists already";
      case EINVAL -> "not understood by this kernel, or a wrong argument";
      case 24 -> "too many open files";
      case 25 -> "not a device of this kind";
      case 28 -> "no space left";
      case 38 -> "this kernel lacks the call";
      default -> "error " + errno;
    };
  }
}
