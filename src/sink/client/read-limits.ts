/**
 * Bounds of one reading statement, alike for both kinds of database: seconds, bytes, rows. Rows of one key lie
 * in one partition, so FINAL need not merge across partitions.
 */
export const readLimits = {
  max_execution_time: 20,
  max_memory_usage: 256 * 1024 * 1024,
  max_result_rows: 200_000,
  max_threads: 2,
  do_not_merge_across_partitions_select_final: 1,
  allow_ddl: 0,
  allow_introspection_functions: 0,
} as const;
