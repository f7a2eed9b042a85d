-- cn.size_class as of 2026-11-21 by hand: exact whole numbers, NULL is unknown; 1 unknown, 3 decided.
WITH lines AS (
    SELECT scheme, id,
        CASE size_industry
            WHEN '农林牧渔业' THEN revenue >= 20000000000
            WHEN '工业' THEN employees >= 10000000 AND revenue >= 40000000000
            WHEN '建筑业' THEN revenue >= 80000000000 AND total_assets >= 80000000000
            WHEN '批发业' THEN employees >= 2000000 AND revenue >= 40000000000
            WHEN '零售业' THEN employees >= 3000000 AND revenue >= 20000000000
            WHEN '交通运输业' THEN employees >= 10000000 AND revenue >= 30000000000
            WHEN '仓储业' THEN employees >= 2000000 AND revenue >= 30000000000
            WHEN '邮政业' THEN employees >= 10000000 AND revenue >= 30000000000
            WHEN '住宿业' THEN employees >= 3000000 AND revenue >= 10000000000
            WHEN '餐饮业' THEN employees >= 3000000 AND revenue >= 10000000000
            WHEN '信息传输业' THEN employees >= 20000000 AND revenue >= 100000000000
            WHEN '软件和信息技术服务业' THEN employees >= 3000000 AND revenue >= 10000000000
            WHEN '房地产开发经营' THEN revenue >= 200000000000 AND total_assets >= 10000000000
            WHEN '物业管理' THEN employees >= 10000000 AND revenue >= 5000000000
            WHEN '租赁和商务服务业' THEN employees >= 3000000 AND total_assets >= 120000000000
            WHEN '其他未列明行业' THEN employees >= 3000000
        END AS large,
        CASE size_industry
            WHEN '农林牧渔业' THEN revenue >= 500000000
            WHEN '工业' THEN employees >= 3000000 AND revenue >= 2000000000
            WHEN '建筑业' THEN revenue >= 6000000000 AND total_assets >= 5000000000
            WHEN '批发业' THEN employees >= 200000 AND revenue >= 5000000000
            WHEN '零售业' THEN employees >= 500000 AND revenue >= 500000000
            WHEN '交通运输业' THEN employees >= 3000000 AND revenue >= 3000000000
            WHEN '仓储业' THEN employees >= 1000000 AND revenue >= 1000000000
            WHEN '邮政业' THEN employees >= 3000000 AND revenue >= 2000000000
            WHEN '住宿业' THEN employees >= 1000000 AND revenue >= 2000000000
            WHEN '餐饮业' THEN employees >= 1000000 AND revenue >= 2000000000
            WHEN '信息传输业' THEN employees >= 1000000 AND revenue >= 1000000000
            WHEN '软件和信息技术服务业' THEN employees >= 1000000 AND revenue >= 1000000000
            WHEN '房地产开发经营' THEN revenue >= 1000000000 AND total_assets >= 5000000000
            WHEN '物业管理' THEN employees >= 3000000 AND revenue >= 1000000000
            WHEN '租赁和商务服务业' THEN employees >= 1000000 AND total_assets >= 8000000000
            WHEN '其他未列明行业' THEN employees >= 1000000
        END AS medium,
        CASE size_industry
            WHEN '农林牧渔业' THEN revenue >= 50000000
            WHEN '工业' THEN employees >= 200000 AND revenue >= 300000000
            WHEN '建筑业' THEN revenue >= 300000000 AND total_assets >= 300000000
            WHEN '批发业' THEN employees >= 50000 AND revenue >= 1000000000
            WHEN '零售业' THEN employees >= 100000 AND revenue >= 100000000
            WHEN '交通运输业' THEN employees >= 200000 AND revenue >= 200000000
            WHEN '仓储业' THEN employees >= 200000 AND revenue >= 100000000
            WHEN '邮政业' THEN employees >= 200000 AND revenue >= 100000000
            WHEN '住宿业' THEN employees >= 100000 AND revenue >= 100000000
            WHEN '餐饮业' THEN employees >= 100000 AND revenue >= 100000000
            WHEN '信息传输业' THEN employees >= 100000 AND revenue >= 100000000
            WHEN '软件和信息技术服务业' THEN employees >= 100000 AND revenue >= 50000000
            WHEN '房地产开发经营' THEN revenue >= 100000000 AND total_assets >= 2000000000
            WHEN '物业管理' THEN employees >= 1000000 AND revenue >= 500000000
            WHEN '租赁和商务服务业' THEN employees >= 100000 AND total_assets >= 100000000
            WHEN '其他未列明行业' THEN employees >= 100000
        END AS small
    FROM facts
),
classed AS (
    SELECT scheme, id,
        CASE
            WHEN large THEN 'large'
            WHEN large IS NULL THEN NULL
            WHEN medium THEN 'medium'
            WHEN medium IS NULL THEN NULL
            WHEN small THEN 'small'
            WHEN small IS NULL THEN NULL
            ELSE 'micro'
        END AS class
    FROM lines
)
SELECT scheme, id, CASE WHEN class IS NULL THEN 1 ELSE 3 END AS outcome, class
FROM classed
