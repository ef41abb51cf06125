-- An active alert may get worse, and a resolved one may begin again in its cooldown.
ALTER TABLE alert_transitions
    MODIFY COLUMN kind Enum8('alert' = 1, 'resolved' = 2, 'escalated' = 3, 'reopened' = 4);
