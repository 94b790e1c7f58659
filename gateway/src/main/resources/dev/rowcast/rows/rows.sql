-- The rows of a shape. In: the condition's parameters. Out: one row of JSON each, in no order.
SELECT pg_catalog.to_jsonb(r)::pg_catalog.text FROM (
  SELECT {{columns}} FROM {{table}} WHERE {{condition}}
) r
