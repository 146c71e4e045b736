package dev.keyferry.local;

import static java.lang.invoke.MethodHandleInfo.REF_invokeSpecial;
import static java.lang.invoke.MethodHandleInfo.REF_invokeStatic;
import static java.lang.invoke.MethodHandleInfo.REF_newInvokeSpecial;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The classes that some methods can ever need: those named by the code of all methods that they
/// reach, through whatever class that is ever made (rapid type analysis). What the JDK calls back
/// counts as called. Reflection is seen where a text names the class.
final class Reachable {
  private record Method(String name, String type) {
    static Method of(MethodModel method) {
      return new Method(method.methodName().stringValue(), method.methodType().stringValue());
    }
  }

  private record Call(String type, Method method) {}

  private final Map<String, ClassModel> classes = new HashMap<>();
  private final Map<String, Map<Method, MethodModel>> methods = new HashMap<>();
  private final Map<String, Set<Method>> platform = new HashMap<>();
  private final Set<String> named = new TreeSet<>();
  private final Set<String> run = new TreeSet<>();
  private final Set<String> made = new LinkedHashSet<>();
  private final Set<Call> calls = new LinkedHashSet<>();
  private final Set<Call> visited = new HashSet<>();
  private final Deque<Runnable> work = new ArrayDeque<>();

  /// @param files the class files of all that is not the JDK's, by internal name
  Reachable(Map<String, byte[]> files) {
    files.forEach((name, file) -> classes.put(name, ClassFile.of().parse(file)));
  }

  /// Starts from all methods of some classes.
  Reachable from(Collection<String> roots) {
    for (var root : roots) {
      make(root);
      methodsOf(root).keySet().forEach(method -> visit(root, method));
    }
    while (!work.isEmpty()) {
      work.remove().run();
    }
    return this;
  }

  /// Whatever is named, if only to ask whether an object is one.
  Set<String> named() {
    return named;
  }

  /// Those whose code can run, so that the JVM verifies all of it.
  Set<String> run() {
    return run;
  }

  private Map<Method, MethodModel> methodsOf(String type) {
    return methods.computeIfAbsent(
        type,
        name -> {
          var found = new HashMap<Method, MethodModel>();
          Optional.ofNullable(classes.get(name))
              .ifPresent(
                  known -> known.methods().forEach(each -> found.put(Method.of(each), each)));
          return found;
        });
  }

  private static List<String> parents(ClassModel type) {
    var parents = new ArrayList<String>();
    type.superclass().ifPresent(parent -> parents.add(parent.asInternalName()));
    type.interfaces().forEach(parent -> parents.add(parent.asInternalName()));
    return parents;
  }

  /// A class that is named must be there, and all above it.
  private void need(String name) {
    var type = name.startsWith("[") ? name.replaceAll("^\\[+L?|;$", "") : name;
    var known = classes.get(type);
    if (known != null && named.add(type)) {
      parents(known).forEach(this::need);
    }
  }

  private void initialise(String type) {
    var known = classes.get(type);
    if (known != null) {
      need(type);
      visit(type, new Method("<clinit>", "()V"));
      parents(known).forEach(this::initialise);
    }
  }

  private Set<String> above(String type) {
    var above = new LinkedHashSet<String>();
    collect(type, above);
    return above;
  }

  private void collect(String type, Set<String> above) {
    if (above.add(type) && classes.containsKey(type)) {
      parents(classes.get(type)).forEach(parent -> collect(parent, above));
    }
  }

  private void make(String type) {
    if (!classes.containsKey(type) || !made.add(type)) {
      return;
    }
    run.add(type);
    initialise(type);
    var above = above(type);
    calls.stream()
        .filter(call -> above.contains(call.type()))
        .toList()
        .forEach(call -> dispatch(type, call.method()));
    for (var parent : above) {
      if (!classes.containsKey(parent)) {
        platform
            .computeIfAbsent(parent, Reachable::platformMethods)
            .forEach(method -> dispatch(type, method));
      }
    }
  }

  private static Set<Method> platformMethods(String name) {
    var found = new HashSet<Method>();
    try {
      for (var type = Class.forName(name.replace('/', '.'), false, null);
          type != null;
          type = type.getSuperclass()) {
        for (var method : type.getDeclaredMethods()) {
          found.add(new Method(method.getName(), descriptor(method)));
        }
        for (var method : type.getMethods()) {
          found.add(new Method(method.getName(), descriptor(method)));
        }
      }
    } catch (ClassNotFoundException | NoClassDefFoundError _) {
      // An optional library that is not on the class path: whoever extends it is never made.
    }
    return found;
  }

  private static String descriptor(java.lang.reflect.Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .descriptorString();
  }

  /// The method that an object of the class answers with.
  private void dispatch(String type, Method method) {
    for (var current = classes.get(type);
        current != null;
        current = classes.get(parentOf(current))) {
      var name = current.thisClass().asInternalName();
      var found = methodsOf(name).get(method);
      if (found != null && !found.flags().has(AccessFlag.STATIC)) {
        visit(name, method);
        return;
      }
    }
    above(type).stream()
        .filter(parent -> methodsOf(parent).containsKey(method))
        .forEach(parent -> visit(parent, method));
  }

  private static String parentOf(ClassModel type) {
    return type.superclass().map(ClassEntry::asInternalName).orElse("");
  }

  private void virtual(String type, Method method) {
    var call = new Call(type, method);
    if (classes.containsKey(type) && calls.add(call)) {
      made.stream()
          .filter(each -> above(each).contains(type))
          .toList()
          .forEach(each -> dispatch(each, method));
    }
  }

  private void exact(String type, Method method) {
    above(type).stream()
        .filter(each -> methodsOf(each).containsKey(method))
        .findFirst()
        .ifPresent(each -> visit(each, method));
  }

  private void visit(String type, Method method) {
    var found = methodsOf(type).get(method);
    if (found != null && visited.add(new Call(type, method))) {
      need(type);
      run.add(type);
      found.code().ifPresent(code -> work.add(() -> read(code)));
    }
  }

  private void read(CodeModel code) {
    for (var element : code) {
      read(element);
    }
  }

  private void read(CodeElement element) {
    switch (element) {
      case InvokeInstruction call -> call(call);
      case InvokeDynamicInstruction call -> {
        var bootstrap = call.invokedynamic().bootstrap();
        bootstrap.arguments().forEach(this::constant);
      }
      case NewObjectInstruction creation -> {
        need(creation.className().asInternalName());
        make(creation.className().asInternalName());
      }
      case FieldInstruction field -> initialise(field.owner().asInternalName());
      case ConstantInstruction.LoadConstantInstruction load -> constant(load.constantEntry());
      case TypeCheckInstruction check -> need(check.type().asInternalName());
      case ExceptionCatch caught ->
          caught.catchType().ifPresent(type -> need(type.asInternalName()));
      case NewReferenceArrayInstruction array -> need(array.componentType().asInternalName());
      case NewMultiArrayInstruction array -> need(array.arrayType().asInternalName());
      default -> {}
    }
  }

  private void call(InvokeInstruction call) {
    var owner = call.owner().asInternalName();
    var method = new Method(call.name().stringValue(), call.type().stringValue());
    need(owner);
    switch (call.opcode()) {
      case INVOKESTATIC -> {
        initialise(owner);
        exact(owner, method);
      }
      case INVOKESPECIAL -> exact(owner, method);
      default -> virtual(owner, method);
    }
  }

  private void constant(LoadableConstantEntry constant) {
    switch (constant) {
      case ClassEntry type -> {
        need(type.asInternalName());
        initialise(type.asInternalName());
      }
      case MethodHandleEntry handle -> handle(handle);
      case StringEntry text -> {
        var name = text.stringValue().replace('.', '/');
        if (classes.containsKey(name)) {
          make(name);
          methodsOf(name).keySet().forEach(method -> visit(name, method));
        }
      }
      default -> {}
    }
  }

  private void handle(MethodHandleEntry handle) {
    MemberRefEntry member = handle.reference();
    var owner = member.owner().asInternalName();
    var method = new Method(member.name().stringValue(), member.type().stringValue());
    need(owner);
    switch (handle.kind()) {
      case REF_invokeStatic -> {
        initialise(owner);
        exact(owner, method);
      }
      case REF_invokeSpecial -> exact(owner, method);
      case REF_newInvokeSpecial -> {
        make(owner);
        exact(owner, method);
      }
      default -> virtual(owner, method);
    }
  }
}
