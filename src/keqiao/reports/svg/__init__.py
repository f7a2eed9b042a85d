"""Small charts as SVG: drawn here, so that a report needs no script, no font file and no network.

Every chart is `WIDTH` units wide, which is a phone's width at full size; on a screen several stand
beside each other. Texts are measured (a Chinese character is as wide as it is high) and broken into
lines before anything is placed, so that labels never overlap. Colours are those of the interface
language and keep their meaning in grey print: filled, hatched and outlined differ by shape.
"""

from keqiao.reports.svg.bars import Bar, bars, share_bar
from keqiao.reports.svg.frame import WIDTH
from keqiao.reports.svg.spread import Spread, spread

__all__ = ["WIDTH", "Bar", "Spread", "bars", "share_bar", "spread"]
