package dev.lifeboat.operator.recovery;

import java.util.List;

/** What is to become of one machine of a run, now. */
sealed interface Decision {

  Step step();

  /** Do these, in their order, and look again. */
  record Do(Step step, List<Task> tasks) implements Decision {
    public Do {
      tasks = List.copyOf(tasks);
    }

    static Do one(Step step, Task task) {
      return new Do(step, List.of(task));
    }
  }

  /** Look again later. */
  record Wait(Step step, String reason, String message) implements Decision {}

  /** It cannot go on: what was made is undone. */
  record Fail(Step step, String reason, String message) implements Decision {}

  /** Somebody wants it no more: what was made is undone. */
  record Cancel(Step step) implements Decision {}

  /** Nothing more is to be done. */
  record Done(Step step) implements Decision {}
}
