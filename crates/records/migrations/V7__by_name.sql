-- What is found by an equal value is mostly shown in the order of names: by owner, by a text slot,
-- by industry or status. With the name in the index a page of it is read off in order, however many
-- records share the value.
DO $$
DECLARE
    target text;
    prefix text;
    slot text;
BEGIN
    FOREACH target IN ARRAY ARRAY['company', 'person', 'lead', 'pipeline', 'stage', 'product', 'deal',
                                  'line_item', 'task', 'note', 'custom_record'] LOOP
        prefix := CASE target WHEN 'custom_record' THEN 'workspace_id_object_id' ELSE 'workspace_id' END;
        FOREACH slot IN ARRAY ARRAY['t1','t2','t3','t4','t5','t6','t7','t8'] LOOP
            EXECUTE format('DROP INDEX records.%I', target || '_' || prefix || '_' || slot || '_id_idx');
            EXECUTE format('CREATE INDEX ON records.%I (%s, %I, sort_key, id) WHERE %I IS NOT NULL',
                           target, replace(prefix, 'id_object', 'id, object'), slot, slot);
        END LOOP;
        EXECUTE format('DROP INDEX records.%I', target || '_' || prefix || '_owner_id_id_idx');
        EXECUTE format('CREATE INDEX ON records.%I (%s, owner_id, sort_key, id) '
                       'WHERE owner_id IS NOT NULL AND deleted_at IS NULL',
                       target, replace(prefix, 'id_object', 'id, object'));
    END LOOP;
END $$;

DROP INDEX records.company_workspace_id_industry_id_idx;
CREATE INDEX ON records.company (workspace_id, industry, sort_key, id) WHERE industry IS NOT NULL;
DROP INDEX records.lead_workspace_id_status_id_idx;
CREATE INDEX ON records.lead (workspace_id, status, sort_key, id);
