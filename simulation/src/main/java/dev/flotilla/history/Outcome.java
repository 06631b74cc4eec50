package dev.flotilla.history;

/** How an operation ended for its client. */
public sealed interface Outcome {
  Outcome REFUSED = new Refused();
  Outcome OPEN = new Open();

  /** It happened, once, and this was the answer. */
  record Ok(Answer answer) implements Outcome {}

  /** It did not happen and never will: the answer said so. */
  record Refused() implements Outcome {}

  /** Nobody knows: it may have happened, may happen at any later time, or never. */
  record Open() implements Outcome {}
}
