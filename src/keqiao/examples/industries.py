"""The industries of the synthetic city: what is usual in each.

The figures are plausible round numbers chosen for the demonstration, not statistics.
"""

from __future__ import annotations

from dataclasses import dataclass

ELECTRONICS = "电子信息"
BIOLOGY = "生物与新医药"
AEROSPACE = "航空航天"
MATERIALS = "新材料"
SERVICES = "高技术服务"
ENERGY = "新能源与节能"
ENVIRONMENT = "资源与环境"
MANUFACTURING = "先进制造与自动化"

#: The eight 国家重点支持的高新技术领域 with the usual R&D expense per revenue.
FIELDS: dict[str, float] = {
    ELECTRONICS: 0.072,
    BIOLOGY: 0.085,
    AEROSPACE: 0.080,
    MATERIALS: 0.050,
    SERVICES: 0.070,
    ENERGY: 0.052,
    ENVIRONMENT: 0.045,
    MANUFACTURING: 0.052,
}

#: R&D expense per revenue outside these fields.
ORDINARY_RD = 0.008


@dataclass(frozen=True, slots=True)
class Industry:
    """One class of GB/T 4754-2017.

    ``size`` is the industry of the size classes, ``field`` the high-tech field or None, ``weight``
    the share among enterprises, ``revenue`` its median in 万元 and ``spread`` the standard
    deviation of its logarithm, ``per_head`` the revenue per person in 万元, ``margin`` operating
    profit per revenue, ``turnover`` revenue per assets, ``trade`` the word in the name.
    """

    code: str
    size: str
    field: str | None
    weight: float
    revenue: float
    spread: float
    per_head: float
    margin: float
    turnover: float
    trade: str

    @property
    def is_software(self) -> bool:
        """Whether the special rules for software companies apply."""
        return self.code.startswith("65")

    @property
    def is_pharma(self) -> bool:
        """Whether it makes medicines or does medical research."""
        return self.code.startswith("27") or self.code == "7340"

    @property
    def excluded_from_relief(self) -> bool:
        """Whether the R&D super-deduction excludes it (财税〔2015〕119号: trade, catering, property, …)."""
        return self.code[:2] in {"51", "52", "61", "62", "70", "71", "72"}


_MAKING, _SOFTWARE, _OTHER = "工业", "软件和信息技术服务业", "其他未列明行业"

INDUSTRIES: tuple[Industry, ...] = (
    Industry("6513", _SOFTWARE, ELECTRONICS, 12.0, 1500, 1.4, 55, 0.09, 0.85, "软件"),
    Industry("6531", _SOFTWARE, ELECTRONICS, 5.0, 2400, 1.4, 75, 0.07, 0.90, "信息技术"),
    Industry("6550", _SOFTWARE, SERVICES, 3.0, 1600, 1.4, 60, 0.08, 0.80, "数据"),
    Industry("6520", _SOFTWARE, ELECTRONICS, 2.0, 3000, 1.5, 95, 0.06, 0.55, "微电子"),
    Industry("6429", "信息传输业", SERVICES, 2.0, 2500, 1.6, 85, 0.07, 0.90, "网络"),
    Industry("3973", _MAKING, ELECTRONICS, 2.0, 9000, 1.4, 90, 0.07, 0.50, "半导体"),
    Industry("3982", _MAKING, ELECTRONICS, 3.0, 8000, 1.3, 75, 0.07, 0.75, "电子"),
    Industry("4014", _MAKING, ELECTRONICS, 3.0, 4500, 1.3, 65, 0.10, 0.70, "仪器"),
    Industry("2720", _MAKING, BIOLOGY, 2.0, 9000, 1.5, 90, 0.11, 0.50, "医药"),
    Industry("2761", _MAKING, BIOLOGY, 2.0, 3500, 1.7, 80, 0.06, 0.40, "生物制药"),
    Industry("3581", _MAKING, BIOLOGY, 4.0, 4000, 1.4, 70, 0.11, 0.60, "医疗器械"),
    Industry("7340", _OTHER, BIOLOGY, 2.0, 800, 1.5, 45, 0.04, 0.45, "医学研究"),
    Industry("3743", _MAKING, AEROSPACE, 1.0, 6000, 1.3, 70, 0.09, 0.45, "航天"),
    Industry("2659", _MAKING, MATERIALS, 3.0, 9000, 1.3, 110, 0.07, 0.75, "新材料"),
    Industry("3360", _MAKING, MATERIALS, 3.0, 5000, 1.2, 65, 0.06, 0.85, "表面工程"),
    Industry("3841", _MAKING, ENERGY, 2.0, 12000, 1.5, 105, 0.06, 0.65, "电池"),
    Industry("3825", _MAKING, ENERGY, 2.0, 11000, 1.4, 110, 0.06, 0.70, "光伏"),
    Industry("4021", _MAKING, ENVIRONMENT, 2.0, 3500, 1.2, 60, 0.09, 0.65, "环境仪器"),
    Industry("7721", _OTHER, ENVIRONMENT, 2.0, 2500, 1.3, 65, 0.07, 0.55, "水务环保"),
    Industry("3562", _MAKING, MANUFACTURING, 2.0, 6500, 1.4, 80, 0.09, 0.55, "装备"),
    Industry("3670", _MAKING, MANUFACTURING, 6.0, 11000, 1.3, 80, 0.06, 0.85, "汽车零部件"),
    Industry("3595", _MAKING, MANUFACTURING, 3.0, 4500, 1.2, 65, 0.08, 0.75, "安防设备"),
    Industry("3831", _MAKING, MANUFACTURING, 3.0, 13000, 1.3, 130, 0.05, 0.95, "线缆"),
    Industry("7320", _OTHER, SERVICES, 5.0, 900, 1.4, 45, 0.06, 0.65, "工程研究"),
    Industry("7452", _OTHER, SERVICES, 3.0, 1400, 1.2, 40, 0.09, 0.75, "检测"),
    Industry("7519", _OTHER, SERVICES, 4.0, 900, 1.3, 45, 0.05, 0.75, "技术推广"),
    Industry("7511", _OTHER, None, 1.0, 600, 1.2, 40, 0.04, 0.70, "农业技术"),
    Industry("0181", "农林牧渔业", None, 1.0, 900, 1.2, 35, 0.05, 0.60, "草业"),
    Industry("1495", _MAKING, None, 2.0, 6000, 1.3, 85, 0.06, 0.95, "食品"),
    Industry("4813", "建筑业", None, 2.0, 9000, 1.4, 110, 0.04, 0.90, "建设"),
    Industry("5179", "批发业", None, 4.0, 6000, 1.4, 260, 0.02, 1.80, "贸易"),
    Industry("5299", "零售业", None, 2.0, 1500, 1.3, 90, 0.02, 1.90, "商贸"),
    Industry("5920", "仓储业", None, 1.0, 2500, 1.2, 65, 0.05, 0.60, "仓储"),
    Industry("6210", "餐饮业", None, 1.0, 700, 1.1, 25, 0.03, 1.20, "餐饮"),
    Industry("7020", "物业管理", None, 1.0, 1200, 1.2, 18, 0.05, 1.00, "物业"),
    Industry("7292", "租赁和商务服务业", None, 1.0, 1200, 1.3, 45, 0.05, 0.90, "商务服务"),
)

#: Lower bounds of large, medium and small: people, revenue, assets (万元); all must be reached.
_BOUNDS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "农林牧渔业": ((0, 20000, 0), (0, 500, 0), (0, 50, 0)),
    "工业": ((1000, 40000, 0), (300, 2000, 0), (20, 300, 0)),
    "建筑业": ((0, 80000, 80000), (0, 6000, 5000), (0, 300, 300)),
    "批发业": ((200, 40000, 0), (20, 5000, 0), (5, 1000, 0)),
    "零售业": ((300, 20000, 0), (50, 500, 0), (10, 100, 0)),
    "仓储业": ((200, 30000, 0), (100, 1000, 0), (20, 100, 0)),
    "餐饮业": ((300, 10000, 0), (100, 2000, 0), (10, 100, 0)),
    "信息传输业": ((2000, 100000, 0), (100, 1000, 0), (10, 100, 0)),
    "软件和信息技术服务业": ((300, 10000, 0), (100, 1000, 0), (10, 50, 0)),
    "物业管理": ((1000, 5000, 0), (300, 1000, 0), (100, 500, 0)),
    "租赁和商务服务业": ((300, 0, 120000), (100, 0, 8000), (10, 0, 100)),
    "其他未列明行业": ((300, 0, 0), (100, 0, 0), (10, 0, 0)),
}


def size_class(industry: str, people: int, revenue: float, assets: float) -> str:
    """The size an enterprise reports (大型 … 微型); money in 万元."""
    for name, bounds in zip(("大型", "中型", "小型"), _BOUNDS[industry], strict=True):
        if people >= bounds[0] and revenue >= bounds[1] and assets >= bounds[2]:
            return name
    return "微型"
