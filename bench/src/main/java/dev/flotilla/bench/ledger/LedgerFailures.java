package dev.flotilla.bench.ledger;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.http.FormReply;
import java.io.IOException;
import java.net.ConnectException;

/** Attempts that brought no success, in the words of a tally. */
final class LedgerFailures {

  private LedgerFailures() {}

  static Failure of(FormReply reply) {
    String code =
        reply.isSuccess()
            ? "NO_REVISION"
            : reply.code().isEmpty() ? "HTTP_" + reply.status() : reply.code();
    Outcome outcome =
        reply.body().contains("\"outcome\":\"not_applied\"")
            ? Outcome.NOT_APPLIED
            : Outcome.UNKNOWN;
    return new Failure(code, outcome, reply.status() + " " + reply.body());
  }

  static Failure of(IOException cause) {
    return cause instanceof ConnectException
        ? new Failure("CONNECT", Outcome.NOT_APPLIED, cause.toString())
        : new Failure("CONNECTION", Outcome.UNKNOWN, cause.toString());
  }
}
