package dev.lifeboat.agent.management;

import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.Closeable;
import java.io.IOException;

/**
 * The operator as an enrolled agent knows it. What cannot be asked is an {@link IOException} that
 * says why; what is refused is a {@link RefusedException}. One thread asks; any thread closes it,
 * which ends a question that is under way.
 */
public interface Operator extends Closeable {

  /** Tells how the agent is; what it is to do. */
  Assignment report(Report report) throws IOException;

  /** A new certificate, PEM, for a request. */
  String renew(String request) throws IOException;

  /** Shows this identity from now on. */
  void identify(Identity identity) throws IdentityException;
}
