package dev.rowcast.oracle;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The programs of django-websocket-redis, working with Rowcast. */
final class PackageClientsOfRowcastIT extends PackageClientsContract {
  @Override
  ServerUnderTest start(
      Oracle oracle, ServerUnderTest.Settings settings, InetSocketAddress redis, int port)
      throws IOException {
    return RowcastServer.start(settings, redis, port);
  }
}
