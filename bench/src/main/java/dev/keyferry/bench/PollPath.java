package dev.keyferry.bench;

import com.sun.jdi.AbsentInformationException;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Location;
import com.sun.jdi.Method;
import com.sun.jdi.StackFrame;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.VMStartException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// `bench/poll-path`: the methods that a minting poll enters, from the handler to the transaction.
/// A debugger observes the poll in its own JVM, over the AWS SDK's real client.
final class PollPath {
  private static final List<String> OTHER_THAN_FUNCTIONS =
      List.of("dev.keyferry.bench.*", "dev.keyferry.local.*", "dev.keyferry.product.*");

  private final Set<Method> entered = new LinkedHashSet<>();

  private PollPath() {}

  public static void main(String... arguments)
      throws IOException,
          InterruptedException,
          IllegalConnectorArgumentsException,
          VMStartException,
          IncompatibleThreadStateException,
          AbsentInformationException {
    var connector = Bootstrap.virtualMachineManager().defaultConnector();
    var settings = connector.defaultArguments();
    var classPath = "-cp " + System.getProperty("java.class.path");
    set(settings, "main", Poll.class.getName());
    set(settings, "options", "--enable-native-access=ALL-UNNAMED " + classPath);
    var machine = connector.launch(settings);
    machine.process().getInputStream().close();
    new PollPath().observe(machine);
  }

  private static void set(Map<String, Connector.Argument> settings, String name, String value) {
    Objects.requireNonNull(settings.get(name)).setValue(value);
  }

  private void observe(VirtualMachine machine)
      throws InterruptedException, IncompatibleThreadStateException, AbsentInformationException {
    var requests = machine.eventRequestManager();
    var loaded = requests.createClassPrepareRequest();
    loaded.addClassFilter(Poll.class.getName());
    loaded.enable();
    var ours = requests.createMethodEntryRequest();
    ours.addClassFilter("dev.keyferry.*");
    OTHER_THAN_FUNCTIONS.forEach(ours::addClassExclusionFilter);
    ours.setSuspendPolicy(EventRequest.SUSPEND_NONE);
    var client = requests.createMethodEntryRequest();
    client.addClassFilter("software.amazon.awssdk.services.dynamodb.DefaultDynamoDbClient");

    while (true) {
      var events = machine.eventQueue().remove();
      for (var event : events) {
        switch (event) {
          case ClassPrepareEvent poll ->
              requests
                  .createBreakpointRequest(
                      poll.referenceType().methodsByName("isPrepared").getFirst().location())
                  .enable();
          case BreakpointEvent _ -> {
            ours.enable();
            client.enable();
          }
          case MethodEntryEvent entry when entry.method().name().equals("transactWriteItems") -> {
            print("on the stack", stack(entry.thread()));
            print("entered before the transaction", entered);
            machine.exit(0);
            return;
          }
          case MethodEntryEvent entry when entry.request().equals(ours) ->
              entered.add(entry.method());
          case VMDisconnectEvent _ -> throw new IllegalStateException("no transaction");
          default -> {}
        }
      }
      events.resume();
    }
  }

  private static Set<Method> stack(ThreadReference thread) throws IncompatibleThreadStateException {
    var methods = new LinkedHashSet<Method>();
    for (var frame : thread.frames().reversed()) {
      if (isOfFunctions(frame)) {
        methods.add(frame.location().method());
      }
    }
    return methods;
  }

  private static boolean isOfFunctions(StackFrame frame) {
    var type = frame.location().declaringType().name();
    return type.startsWith("dev.keyferry.")
        && OTHER_THAN_FUNCTIONS.stream()
            .noneMatch(pattern -> type.startsWith(pattern.replace("*", "")));
  }

  /// Prints each file with its methods, then the number of methods, of files, and of the lines from
  /// the first to the last statement of a method. A lambda belongs to its method's lines.
  private static void print(String title, Set<Method> methods) throws AbsentInformationException {
    var lines = new TreeMap<String, BitSet>();
    var names = new TreeMap<String, Set<String>>();
    for (var method : methods) {
      var locations = lines(method);
      if (locations.isEmpty()) {
        continue;
      }
      var numbers = locations.stream().mapToInt(Location::lineNumber).summaryStatistics();
      var file = locations.getFirst().sourcePath();
      lines.computeIfAbsent(file, _ -> new BitSet()).set(numbers.getMin(), numbers.getMax() + 1);
      if (!method.isSynthetic()) {
        names.computeIfAbsent(file, _ -> new LinkedHashSet<>()).add(method.name());
      }
    }
    System.out.println(title + ":");
    for (Map.Entry<String, BitSet> file : lines.entrySet()) {
      System.out.printf(
          "%5d  %s: %s%n",
          file.getValue().cardinality(),
          file.getKey(),
          String.join(", ", names.getOrDefault(file.getKey(), Set.of())));
    }
    System.out.printf(
        "%5d lines in %d files, %d methods%n%n",
        lines.values().stream().mapToInt(BitSet::cardinality).sum(),
        lines.size(),
        names.values().stream().mapToInt(Set::size).sum());
  }

  /// Empty for a class that the JVM makes, such as that of a lambda.
  private static List<Location> lines(Method method) {
    try {
      return method.allLineLocations();
    } catch (AbsentInformationException e) {
      return List.of();
    }
  }

  /// The observed process.
  static final class Poll {
    private Poll() {}

    public static void main(String... arguments) throws IOException {
      try (var requests = new PreparedRequests(true)) {
        var poll = requests.prepare("poll, approved");
        isPrepared();
        poll.send();
      }
    }

    /// The debugger looks for this call.
    private static void isPrepared() {}
  }
}
