package dev.keyferry.codes;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Base62Test {
  @ParameterizedTest
  @CsvSource({
    "0, 000",
    "9, 009",
    "10, 00A",
    "35, 00Z",
    "36, 00a",
    "61, 00z",
    "62, 010",
    "3844, 100"
  })
  void counts_digits_then_capitals_then_small_letters(long number, String digits) {
    assertThat(Base62.encode(BigInteger.valueOf(number), 3)).isEqualTo(digits);
  }

  @Test
  void reads_what_it_wrote() {
    var random = new Random(62);
    for (int bits = 0; bits <= 256; bits++) {
      var number = new BigInteger(bits, random);

      assertThat(Base62.decode(Base62.encode(number, 43))).isEqualTo(number);
    }
  }

  @Test
  void keeps_the_last_digits_of_a_number_that_is_too_wide() {
    assertThat(Base62.encode(BigInteger.valueOf(3844 + 61), 2)).isEqualTo("0z");
  }

  @Test
  void has_room_for_256_bits_in_43_digits_and_for_a_crc_32_in_6() {
    var ofKey = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    var ofChecksum = BigInteger.TWO.pow(32).subtract(BigInteger.ONE);

    assertThat(Base62.encode(ofKey, 44)).startsWith("0").isEqualTo("0" + Base62.encode(ofKey, 43));
    assertThat(Base62.encode(ofChecksum, 7)).isEqualTo("0" + Base62.encode(ofChecksum, 6));
  }
}
