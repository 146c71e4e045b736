/// The template and its nested stacks: resources, permissions, alarms, and cost.
@NullMarked
package dev.keyferry.product.template;

import org.jspecify.annotations.NullMarked;
