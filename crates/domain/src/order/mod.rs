//! What was sold, as the floor and the customer see it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A node of the progress line that the customer sees: 需求确认 → 物料采购 → 裁剪制版 → 缝制组装 → 品质检验 → 包装发货.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderNode {
    /// 需求确认: the configuration is frozen.
    Requirement,
    /// 物料采购: material is on its way or here.
    Purchasing,
    /// 裁剪制版: pattern and cutting.
    Cutting,
    /// 缝制组装: closing, lasting, bottoming, finishing.
    Stitching,
    /// 品质检验: final inspection.
    Inspection,
    /// 包装发货: packing and shipping.
    Shipping,
}

impl OrderNode {
    /// Every node in the order of the progress line.
    pub const LINE: [Self; 6] =
        [Self::Requirement, Self::Purchasing, Self::Cutting, Self::Stitching, Self::Inspection, Self::Shipping];
}
