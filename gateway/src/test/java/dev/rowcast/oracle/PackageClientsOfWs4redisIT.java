package dev.rowcast.oracle;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The contract held against ws4redis itself, which shows that the contract asks for what is so. */
class PackageClientsOfWs4redisIT extends PackageClientsContract {
  @Override
  ServerUnderTest start(
      Oracle oracle, ServerUnderTest.Settings settings, InetSocketAddress redis, int port)
      throws IOException {
    return oracle.start(Oracle.Kind.UWSGI, settings, redis, port);
  }
}
