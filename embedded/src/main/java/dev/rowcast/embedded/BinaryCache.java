package dev.rowcast.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The private folder in which the servers' programs are unpacked once.
 *
 * <p>Thread-safe, and safe with several processes at once: everything is unpacked beside its place
 * and moved there in one step; who comes second throws his copy away.
 */
final class BinaryCache {
  /** System property: a folder of further jars of PostgreSQL's binaries, for other versions. */
  static final String EXTRA_JARS = "rowcast.embedded.jars";

  private static final String REDIS_VERSION = "7.0.15";

  private final Path folder;

  private BinaryCache(Path folder) {
    this.folder = folder;
  }

  /** The user's cache folder, or the temporary one where that cannot be written to. */
  static BinaryCache ofUser() {
    var wished =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
            .filter(text -> !text.isBlank())
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
            .resolve("rowcast");
    var spare =
        Path.of(System.getProperty("java.io.tmpdir"), "rowcast-" + System.getProperty("user.name"));
    try {
      return new BinaryCache(privateFolder(wished));
    } catch (IOException _) {
      try {
        return new BinaryCache(privateFolder(spare));
      } catch (IOException e) {
        throw new EmbeddedException(
            "Neither "
                + wished
                + " nor "
                + spare
                + " can be written to, so no server can be unpacked.",
            e);
      }
    }
  }

  Path folder() {
    return folder;
  }

  /** The folder with {@code bin/postgres} of this major version. */
  Path postgres(int major) {
    var archive = Platform.current().postgresArchive();
    var source = findPostgres(archive, major);
    return once("postgres-" + fingerprint(source), target -> unpackTxz(source, target));
  }

  /** The {@code redis-server} program. */
  Path redis() {
    var name = Platform.current().redisProgram(REDIS_VERSION);
    var source = BinaryCache.class.getClassLoader().getResource(name);
    if (source == null) {
      throw new EmbeddedException(
          "No Redis for this platform (" + Platform.current() + ") is on the class path.");
    }
    return once(
            "redis-" + fingerprint(source),
            target -> {
              var program = target.resolve("redis-server");
              try (var in = source.openStream()) {
                Files.copy(in, program);
              }
              Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            })
        .resolve("redis-server");
  }

  /** A fresh cluster's data folder, made once per version and copied from then on. */
  Path once(String name, Filler filler) {
    var place = folder.resolve(name);
    if (Files.isDirectory(place)) {
      return place;
    }
    try {
      var draft = Files.createTempDirectory(folder, name + ".draft-");
      try {
        filler.fill(draft);
        Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException
          | DirectoryNotEmptyException
          | AtomicMoveNotSupportedException e) {
        deleteTree(draft);
        if (!Files.isDirectory(place)) {
          throw e;
        }
      }
      return place;
    } catch (IOException e) {
      throw new EmbeddedException("Could not unpack " + name + " into " + folder + ": " + e, e);
    }
  }

  /** Fills an empty folder. */
  @FunctionalInterface
  interface Filler {
    void fill(Path target) throws IOException;
  }

  static void deleteTree(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException _) {
      // What a dying server still writes is swept at the next start.
    }
  }

  static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            var copy = to.resolve(from.relativize(folder).toString());
            Files.createDirectories(copy);
            Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(folder));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                to.resolve(from.relativize(file).toString()),
                StandardCopyOption.COPY_ATTRIBUTES,
                LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The folder that holds an absolute path. */
  static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent(), "the root folder");
  }

  static Path privateFolder(Path wished) throws IOException {
    Files.createDirectories(wished);
    var probe = Files.createTempFile(wished, "probe", null);
    Files.delete(probe);
    Files.setPosixFilePermissions(wished, PosixFilePermissions.fromString("rwx------"));
    return wished;
  }

  private static URL findPostgres(String archive, int major) {
    try {
      var found =
          new ArrayList<>(
              Collections.list(BinaryCache.class.getClassLoader().getResources(archive)));
      found.addAll(extraJars(archive));
      return found.stream()
          .filter(url -> url.toString().matches(".*[-/]" + major + "\\.[0-9.]+\\.jar!.*"))
          .findFirst()
          .orElseThrow(() ->
              new EmbeddedException(
                  "No PostgreSQL "
                      + major
                      + " for this platform ("
                      + Platform.current()
                      + ") is on the class path."));
    } catch (IOException e) {
      throw new EmbeddedException("Could not look for PostgreSQL on the class path.", e);
    }
  }

  /** One class path holds one version of the binaries; others lie as jars in a folder. */
  private static List<URL> extraJars(String archive) throws IOException {
    var folder = System.getProperty(EXTRA_JARS);
    if (folder == null) {
      return List.of();
    }
    var found = new ArrayList<URL>();
    try (var jars = Files.newDirectoryStream(Path.of(folder), "*.jar")) {
      for (var jar : jars) {
        found.add(URI.create("jar:" + jar.toUri() + "!/" + archive).toURL());
      }
    }
    return found;
  }

  /** The jar's file name carries the version; its size stands in for a checksum. */
  private static String fingerprint(URL source) {
    try {
      var text = source.toString();
      var jar = text.substring(0, Math.max(0, text.indexOf('!')));
      var name = jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", "");
      var connection = source.openConnection();
      connection.setUseCaches(false);
      return name + "-" + connection.getContentLengthLong();
    } catch (IOException e) {
      throw new EmbeddedException("Could not read " + source, e);
    }
  }

  private static void unpackTxz(URL source, Path target) throws IOException {
    try (InputStream raw = source.openStream();
        var tar = new TarArchiveInputStream(new XZInputStream(raw))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        var path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(parent(path));
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        }
      }
    }
  }

  private static EnumSet<PosixFilePermission> permissions(int mode) {
    var permissions = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    permissions.add(PosixFilePermission.GROUP_READ);
    permissions.add(PosixFilePermission.OTHERS_READ);
    if ((mode & 0100) != 0) {
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
      permissions.add(PosixFilePermission.GROUP_EXECUTE);
      permissions.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return permissions;
  }
}
