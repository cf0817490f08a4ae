import java.io.IOException;
import java.util.jar.JarFile;

/** Prints the classes of jars, a line each, as the JVM's class lists have them. */
void main(String[] jars) throws IOException {
  for (String jar : jars) {
    try (JarFile file = new JarFile(jar)) {
      file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
          .filter(name -> !name.endsWith("module-info.class"))
          .forEach(name -> IO.println(name.substring(0, name.length() - ".class".length())));
    }
  }
}
