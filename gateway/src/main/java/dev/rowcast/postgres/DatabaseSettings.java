package dev.rowcast.postgres;

import dev.rowcast.base.Secret;
import java.util.Optional;

/**
 * Which database: {@code database}.
 *
 * <p>Immutable.
 *
 * @param url libpq's form, {@code postgresql://user:password@host:port/database?sslmode=…}; may
 *     hold a password, hence a secret
 * @param password stands in for the one of the URL, for example from {@code database.password-file}
 */
public record DatabaseSettings(Secret url, Optional<Secret> password) {}
