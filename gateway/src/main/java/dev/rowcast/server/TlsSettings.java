package dev.rowcast.server;

import java.nio.file.Path;

/**
 * TLS on every listening socket: {@code tls}.
 *
 * <p>Immutable.
 *
 * @param certificate PEM: the server's certificate first, then those that lead to a root
 * @param key its private key, PEM in PKCS#8, not encrypted
 */
public record TlsSettings(Path certificate, Path key) {}
