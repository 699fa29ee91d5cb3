-- People are mostly looked for by their last names: what follows the first word of the name.
CREATE INDEX person_last_name ON records.person (workspace_id, substr(sort_key, strpos(sort_key, ' ') + 1), id)
    WHERE deleted_at IS NULL;
CREATE INDEX lead_last_name ON records.lead (workspace_id, substr(sort_key, strpos(sort_key, ' ') + 1), id)
    WHERE deleted_at IS NULL;

-- Lists of people by something of their company walk along their names: with the company in the index
-- of names, only those who work at the right one are read.
CREATE INDEX person_by_name ON records.person (workspace_id, sort_key, id) INCLUDE (company_id)
    WHERE deleted_at IS NULL;
DROP INDEX records.person_workspace_id_sort_key_id_idx;

-- Who gives unique values back knows them: nothing looks for them by their record.
DROP INDEX records.unique_value_workspace_id_record_id_idx;
