/**
 * The latest time (ms since 1970) to store or to query. ClickHouse's DateTime has 32-bit seconds and silently clamps or
 * wraps other values; one day less leaves room for bucket ends and time zones.
 */
export const maxDateTimeMs = (2 ** 32 - 86_400) * 1_000;
