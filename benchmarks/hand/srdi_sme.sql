-- cn.srdi_sme (2026 version) as of 2026-11-21 by hand: exact whole numbers, NULL is unknown;
-- 0 no, 1 unknown, 2 refer (only the judgement of the niche share is open), 3 yes.
WITH decided AS (
    SELECT scheme, id, market_share_high,
        NOT major_safety_accident AND NOT major_quality_accident AND NOT serious_env_violation
        AND NOT abnormal_operation AND NOT serious_dishonesty AND NOT tax_evasion AND NOT false_materials
        AND NOT restricted_business
        AND size_class <> '大型'
        AND len(list_filter(titles, lambda t: t.title = 'title.tech_innovative_sme'
            AND (t."from" IS NULL OR t."from" <= DATE '2026-11-21')
            AND (t."to" IS NULL OR t."to" >= DATE '2026-11-21'))) > 0
        AND niche_years >= 30000
        AND (revenue >= 1500000000 OR equity_raised + equity_raised__1 >= 2000000000)
        AND CASE WHEN revenue <> 0 THEN main_revenue * 5 >= revenue * 4 END
        AND CASE WHEN total_assets <> 0 THEN total_liabilities * 5 <= total_assets * 4 END
        AND rd_expense >= 100000000 AND rd_expense__1 >= 100000000
        AND CASE WHEN revenue <> 0 THEN rd_expense * 100 >= revenue * 3 END
        AND CASE WHEN revenue__1 <> 0 THEN rd_expense__1 * 100 >= revenue__1 * 3 END
        AND (
            ip_class1_own_in_use >= 10000
            OR len(list_filter(titles, lambda t:
                t.title IN ('title.provincial_science_award_top3', 'title.national_science_award_top3')
                AND (t."from" IS NULL OR t."from" BETWEEN DATE '2023-11-21' AND DATE '2026-11-21'))) > 0
            OR rd_institution_level IN ('国家级', '省级')
        )
        AND (srdi_development_score >= 500000 OR (review_application AND srdi_development_score__1 >= 500000)) AS met
    FROM facts
)
SELECT scheme, id,
    CASE
        WHEN met AND market_share_high THEN 3
        WHEN NOT met OR NOT market_share_high THEN 0
        WHEN met THEN 2
        ELSE 1
    END AS outcome
FROM decided
