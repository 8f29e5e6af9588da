//! Kinds of labels, as wires name them. `cordwainer-labels` knows what each looks like.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a label is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// 流转卡: goes with the pair.
    Traveller,
    /// 部件标签: on a cut component.
    ComponentTag,
    /// 周转架标签: on a rack of work in progress.
    RackTag,
    /// 鞋盒标签: on the shoe box.
    ShoeBox,
    /// 合格证: in the box.
    Certificate,
    /// 材质标识: what the shoe is made of.
    Composition,
    /// 物料批次标签: on a lot of material.
    MaterialLot,
    /// 库位标签: on a shelf.
    Location,
    /// 工牌: a worker's.
    Badge,
    /// 指令卡: what a worker can say with the scanner.
    CommandCard,
    /// 发货标签: on the parcel.
    Shipping,
    /// 保养卡: for the customer.
    CareCard,
}
