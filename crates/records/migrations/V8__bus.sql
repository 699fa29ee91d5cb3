-- What this service reads of others' logs, and its jobs and schedules.
SELECT kith.create_readers('records');
SELECT kith.create_jobs('records');
