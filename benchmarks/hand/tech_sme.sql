-- cn.tech_sme as of 2026-11-21 by hand: exact whole numbers, NULL is unknown; 0 no, 1 unknown, 3 yes.
WITH marks AS (
    SELECT *,
        CASE
            WHEN tech_staff IS NULL OR employees IS NULL OR employees = 0 THEN NULL
            WHEN tech_staff * 10 >= employees * 3 THEN 20
            WHEN tech_staff * 4 >= employees THEN 16
            WHEN tech_staff * 5 >= employees THEN 12
            WHEN tech_staff * 20 >= employees * 3 THEN 8
            WHEN tech_staff * 10 >= employees THEN 4
            ELSE 0
        END AS staff,
        CASE
            WHEN rd_expense IS NULL OR revenue IS NULL OR revenue = 0 THEN NULL
            WHEN rd_expense * 50 >= revenue * 3 THEN 50
            WHEN rd_expense * 20 >= revenue THEN 40
            WHEN rd_expense * 25 >= revenue THEN 30
            WHEN rd_expense * 100 >= revenue * 3 THEN 20
            WHEN rd_expense * 50 >= revenue THEN 10
            ELSE 0
        END AS rd_revenue,
        CASE
            WHEN rd_expense IS NULL OR total_costs IS NULL OR total_costs = 0 THEN NULL
            WHEN rd_expense * 10 >= total_costs * 3 THEN 50
            WHEN rd_expense * 4 >= total_costs THEN 40
            WHEN rd_expense * 5 >= total_costs THEN 30
            WHEN rd_expense * 20 >= total_costs * 3 THEN 20
            WHEN rd_expense * 10 >= total_costs THEN 10
            ELSE 0
        END AS rd_costs,
        CASE
            WHEN ip_class1 >= 10000 THEN 30
            WHEN ip_class2 >= 40000 THEN 24
            WHEN ip_class2 >= 30000 THEN 18
            WHEN ip_class2 >= 20000 THEN 12
            WHEN ip_class2 >= 10000 THEN 6
            ELSE 0
        END AS ip_low,
        CASE
            WHEN ip_class1 IS NULL OR ip_class1 >= 10000 THEN 30
            WHEN ip_class2 IS NULL OR ip_class2 >= 40000 THEN 24
            WHEN ip_class2 >= 30000 THEN 18
            WHEN ip_class2 >= 20000 THEN 12
            WHEN ip_class2 >= 10000 THEN 6
            ELSE 0
        END AS ip_high
    FROM facts
),
totals AS (
    SELECT *,
        coalesce(staff, 0) + greatest(coalesce(rd_revenue, 0), coalesce(rd_costs, 0)) + ip_low AS low,
        coalesce(staff, 20) + greatest(coalesce(rd_revenue, 50), coalesce(rd_costs, 50)) + ip_high AS high
    FROM marks
),
decided AS (
    SELECT scheme, id,
        resident_enterprise AND audited_tax_collection
        AND employees <= 5000000 AND revenue <= 20000000000 AND total_assets <= 20000000000
        AND NOT restricted_business AND NOT excluded_rd_industry
        AND NOT major_safety_accident AND NOT major_quality_accident AND NOT serious_env_violation
        AND NOT research_dishonesty AND NOT abnormal_operation AND NOT serious_dishonesty
        AND (
            (CASE WHEN low >= 60 THEN TRUE WHEN high < 60 THEN FALSE END AND staff > 0)
            OR len(list_filter(titles, lambda t: t.title = 'title.hnte'
                AND (t."from" IS NULL OR t."from" <= DATE '2026-11-21')
                AND (t."to" IS NULL OR t."to" >= DATE '2026-11-21'))) > 0
            OR len(list_filter(titles, lambda t: t.title = 'title.national_science_award_top3'
                AND (t."from" IS NULL OR t."from" BETWEEN DATE '2021-11-21' AND DATE '2026-11-21'))) > 0
            OR rd_institution_level IN ('国家级', '省级')
            OR standards_led >= 10000
        ) AS met
    FROM totals
)
SELECT scheme, id, CASE WHEN met THEN 3 WHEN met IS NULL THEN 1 ELSE 0 END AS outcome
FROM decided
