package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class FrameTest {
  @Test
  void gives_no_two_lists_of_fields_the_same_bytes() {
    var lists = lists(List.of("", "a", "b", "ab", "\0", "\0\0\0\1a"), 4);

    var frames =
        lists.stream()
            .map(fields -> HexFormat.of().formatHex(frame(fields).toBytes()))
            .collect(Collectors.toSet());

    assertThat(frames).hasSameSizeAs(lists);
  }

  @Test
  void gives_the_same_fields_the_same_bytes() {
    assertThat(frame(List.of("a", "b")).toBytes()).isEqualTo(frame(List.of("a", "b")).toBytes());
  }

  @Test
  void puts_the_length_before_each_field() {
    assertThat(Frame.of("é").with(7).with(new byte[] {9}).toBytes())
        .containsExactly(
            0, 0, 0, 2, 0xC3, 0xA9, /* the number as text: */ 0, 0, 0, 1, '7', 0, 0, 0, 1, 9);
    assertThat(Frame.of("a".repeat(0x01_02_03)).toBytes())
        .hasSize(4 + 0x01_02_03)
        .startsWith(0, 1, 2, 3, 'a');
  }

  @Test
  void tells_a_list_among_its_fields_from_what_surrounds_it() {
    var lists = new ArrayList<>(lists(List.of("", "a", "1", "a b"), 3));
    lists.add(List.of());

    var frames =
        lists.stream()
            .flatMap(before ->
                lists.stream().map(after -> Frame.of("l").withAll(before).withAll(after).toBytes()))
            .map(HexFormat.of()::formatHex)
            .collect(Collectors.toSet());

    assertThat(frames).hasSize(lists.size() * lists.size());
  }

  private static Frame frame(List<String> fields) {
    var frame = Frame.of(fields.getFirst());
    for (var field : fields.subList(1, fields.size())) {
      frame = frame.with(field);
    }
    return frame;
  }

  /// All lists of at least one field, up to this length.
  private static List<List<String>> lists(List<String> fields, int most) {
    List<List<String>> all = new ArrayList<>();
    List<List<String>> longest = List.of(List.of());
    for (int i = 0; i < most; i++) {
      List<List<String>> longer = new ArrayList<>();
      for (var list : longest) {
        for (var field : fields) {
          var more = new ArrayList<>(list);
          more.add(field);
          longer.add(more);
        }
      }
      all.addAll(longer);
      longest = longer;
    }
    return all;
  }
}
