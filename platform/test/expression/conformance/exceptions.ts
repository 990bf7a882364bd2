/** Tests of the specification whose outcome differs, and why. The lists are exact: a test that begins to pass must leave. */
import type { DeviationId } from '../../../src/expression/deviations.js';

const EXACT = 'The test wants the int rounded to a double before it is compared. Both are compared exactly here.';

/** In the strict profile. */
export const STRICT_EXCEPTIONS: Readonly<Record<string, string>> = {
  'comparisons/lt_literal/not_lt_dyn_int_big_lossy_double': EXACT,
  'comparisons/gt_literal/not_gt_dyn_big_double_int': EXACT,
  'comparisons/lte_literal/lte_dyn_big_double_int': EXACT,
  'comparisons/gte_literal/gte_dyn_int_big_lossy_double': EXACT,
};

/** With the deviations: besides those above, what each changes. */
export const CHANGED_BY: Readonly<Record<string, DeviationId>> = {
  'basic/variables/self_eval_unbound_lookup': 'absent',
  'comparisons/in_map_literal/key_in_mixed_key_type_map_cross_type': 'one-number',
  'conversions/type/dyn_no_denotation': 'absent',
  'fields/map_fields/map_key_mixed_numbers_lossy_double_key': 'absent',
  'fields/map_fields/map_no_such_key': 'absent',
  'fields/map_fields/map_no_such_key_or_false': 'absent',
  'fields/map_fields/map_no_such_key_and_true': 'absent',
  'fields/map_fields/map_bad_key_type': 'absent',
  'fields/map_fields/map_bad_key_type_or_false': 'absent',
  'fields/map_fields/map_bad_key_type_and_true': 'absent',
  'fields/map_fields/map_field_select_no_such_key': 'absent',
  'fields/map_fields/map_field_select_no_such_key_or_false': 'absent',
  'fields/map_fields/map_field_select_no_such_key_and_true': 'absent',
  'fields/qualified_identifier_resolution/map_key_float': 'map-keys',
  'integer_math/int64_math/unary_minus_no_overload': 'one-number',
  'integer_math/int64_math/uint64_overflow_negative': 'one-number',
  'integer_math/uint64_math/negative_no_overload': 'one-number',
  'macros/exists/list_elem_exists_error': 'field-division',
  'macros/all/list_elem_error_exhaustive': 'field-division',
  'macros/exists_one/list_no_shortcircuit': 'field-division',
  'macros/map/list_error': 'field-division',
  'macros/filter/list_no_shortcircuit': 'field-division',
  'timestamps/timestamp_conversions/toString_timestamp_nanos': 'milliseconds',
  'timestamps/timestamp_arithmetic/add_time_to_duration_nanos_positive': 'milliseconds',
  'timestamps/timestamp_range/from_string_under': 'early-literals',
  'timestamps/timestamp_range/from_string_over': 'early-literals',
  'timestamps/timestamp_range/add_duration_nanos_over': 'milliseconds',
  'timestamps/timestamp_range/sub_time_duration_over': 'milliseconds',
  'timestamps/timestamp_range/sub_time_duration_under': 'milliseconds',
  'timestamps/duration_range/from_string_under': 'early-literals',
  'timestamps/duration_range/from_string_over': 'early-literals',
  'timestamps/duration_range/add_under': 'early-literals',
  'timestamps/duration_range/add_over': 'early-literals',
  'timestamps/duration_range/sub_under': 'early-literals',
  'timestamps/duration_range/sub_over': 'early-literals',
};
