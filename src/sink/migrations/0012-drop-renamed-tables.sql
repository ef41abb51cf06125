-- Their rows were copied by 0011 (rollup_quarter: by 0005).
DROP TABLE IF EXISTS rollup_quarter;
DROP TABLE IF EXISTS rollup_history;
DROP TABLE IF EXISTS alert_changes;
DROP TABLE IF EXISTS alert_deliveries;
DROP TABLE IF EXISTS alert_notes;
DROP TABLE IF EXISTS alert_mutes;
