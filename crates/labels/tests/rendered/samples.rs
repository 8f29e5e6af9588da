//! What the factory would print on each kind of label: as short as it comes, and as long as it may get.

use cordwainer_labels::{LabelData, LabelKind};

/// A pair's passport, as the address of a small shop.
const PASSPORT: &str = "https://id.example.cn/p/W7K3M9QXC";

/// Everyday data.
pub fn short(kind: LabelKind) -> LabelData {
    match kind {
        LabelKind::Traveller => crate::traveller_data(),
        LabelKind::ComponentTag => LabelData::from([
            ("code", "W7K3M9QXC"),
            ("work_order", "WO-2026-0117"),
            ("size", "265"),
            ("side", "左 L"),
            ("component_zh", "鞋头"),
            ("component_en", "Toe cap"),
        ]),
        LabelKind::RackTag => LabelData::from([
            ("code", "L000A127Q"),
            ("rack", "R-07"),
            ("work_centre_zh", "绷帮"),
            ("work_centre_en", "Lasting"),
            ("capacity", "12 双 pairs"),
        ]),
        LabelKind::ShoeBox => LabelData::from([
            ("code", "W7K3M9QXC"),
            ("brand", "履约 Cordwainer"),
            ("style_zh", "三接头牛津鞋"),
            ("style_en", "Cap-toe oxford"),
            ("item_number", "OX-2601"),
            ("colour_zh", "深棕"),
            ("colour_en", "Dark brown"),
            ("upper_zh", "小牛皮"),
            ("upper_en", "Calf"),
            ("work_order", "WO-2026-0117"),
            ("size_mm", "265"),
            ("other_sizes", "EU 42 · UK 8"),
        ]),
        LabelKind::Certificate => LabelData::from([
            ("code", "W7K3M9QXC"),
            ("product_name", "男式皮鞋"),
            ("item_number", "OX-2601"),
            ("size_mm", "265"),
            ("colour", "深棕"),
            ("upper", "牛皮革"),
            ("lining", "羊皮革"),
            ("outsole", "牛皮革"),
            ("standard", "QB/T 1002"),
            ("grade", "优等品"),
            ("inspection", "检 03"),
            ("date", "2026-03-12"),
            ("maker", "示范定制鞋厂"),
            ("address", "浙江省温州市示范路 1 号"),
        ]),
        LabelKind::Composition => LabelData::from([("upper", "leather"), ("lining", "leather"), ("outsole", "other")]),
        LabelKind::MaterialLot => LabelData::from([
            ("code", "M0003F8K4"),
            ("material_zh", "小牛皮 深棕"),
            ("material_en", "Calf, dark brown"),
            ("lot", "2603-017"),
            ("supplier", "示范皮业"),
            ("quantity", "12.5 m²"),
            ("received", "2026-03-02"),
            ("location", "A-03-2"),
        ]),
        LabelKind::Location => LabelData::from([
            ("code", "L000A127Q"),
            ("location", "A-03-2"),
            ("place_zh", "皮料库"),
            ("place_en", "Leather store"),
        ]),
        LabelKind::Badge => LabelData::from([
            ("code", "B4Q8Z2MNE"),
            ("factory", "示范定制鞋厂 Demo factory"),
            ("name_zh", "王师傅"),
            ("name_en", "Wang"),
            ("work_zh", "绷帮"),
            ("work_en", "Lasting"),
        ]),
        LabelKind::CommandCard => {
            LabelData::from([("code", "C0000001X"), ("command_zh", "完成"), ("command_en", "Finish")])
        }
        LabelKind::Shipping => LabelData::from([
            ("tracking", "SF1234567890123"),
            ("carrier", "顺丰速运"),
            ("sender", "示范定制鞋厂，浙江省温州市示范路 1 号"),
            ("recipient", "李先生"),
            ("telephone", "138 0000 0000"),
            ("address", "上海市黄浦区示范路 88 号"),
            ("contents", "皮鞋一双 Shoes, 1 pair"),
            ("customer_order", "CO-2026-0042"),
            ("parcel", "1/1"),
            ("weight", "1.8 kg"),
        ]),
        LabelKind::CareCard => LabelData::from([
            ("passport_url", PASSPORT),
            ("style_zh", "三接头牛津鞋"),
            ("style_en", "Cap-toe oxford"),
            ("care_zh", "穿一天歇一天，每次放入鞋撑。用软布擦净，薄涂鞋油。"),
            ("care_en", "Wear every other day and keep on shoe trees. Wipe clean, polish thinly."),
            ("work_order", "WO-2026-0117"),
            ("date", "2026-03-14"),
        ]),
    }
}

/// Data as long as a factory comes up with, every optional field filled.
pub fn long(kind: LabelKind) -> LabelData {
    let data = short(kind);
    match kind {
        LabelKind::Traveller => data
            .with("style_zh", "三接头雕花牛津鞋·固特异沿条结构·双层牛皮大底加橡胶掌")
            .with("style_en", "Cap-toe brogue oxford, Goodyear welted, double oak-bark sole")
            .with("size", "265/270 · EU 42/42.5")
            .with("reprint_mark", "补打 R12"),
        LabelKind::ComponentTag => data
            .with("work_order", "WO-2026-011742-B")
            .with("size", "265/270 · EU 42/42.5")
            .with("side", "左右成对 L+R")
            .with("component_zh", "后帮外侧雕花补强片与滚边条（鞋口）")
            .with("component_en", "Outer quarter with brogued facing and top line binding")
            .with("material", "小牛皮 深棕 批号 2603-017 Calf, dark brown"),
        LabelKind::RackTag => data
            .with("rack", "周转架 R-107")
            .with("work_centre_zh", "绷帮与缝沿条之间待料区")
            .with("work_centre_en", "Waiting between lasting and welting")
            .with("capacity", "24 双 pairs"),
        LabelKind::ShoeBox => data
            .with("brand", "示范定制皮鞋工坊 Demo Bespoke Shoemakers")
            .with("style_zh", "三接头雕花牛津鞋·固特异沿条结构·双层牛皮大底")
            .with("style_en", "Cap-toe brogue oxford, Goodyear welted, double sole")
            .with("item_number", "OX-2601-GYW-DBL-027")
            .with("colour_zh", "手工擦色深棕渐变黑")
            .with("colour_en", "Hand-burnished dark brown to black")
            .with("upper_zh", "法国小牛皮配鸵鸟皮")
            .with("upper_en", "French box calf with ostrich")
            .with("work_order", "WO-2026-011742-B")
            .with("size_mm", "265/270")
            .with("other_sizes", "EU 42/42.5 · UK 8/8½"),
        LabelKind::Certificate => data
            .with("product_name", "男式手工固特异沿条三接头雕花牛津皮鞋（定制）")
            .with("item_number", "OX-2601-GYW-DBL-027")
            .with("size_mm", "左 265（二型半） 右 270（二型半）")
            .with("colour", "手工擦色深棕渐变黑")
            .with("upper", "头层小牛皮革，配鸵鸟皮革")
            .with("lining", "头层羊皮革；鞋垫：头层牛皮革")
            .with("outsole", "双层植鞣牛皮革加橡胶掌")
            .with("standard", "QB/T 1002-2015《皮鞋》")
            .with("maker", "示范（温州）手工定制皮鞋制造有限责任公司")
            .with("address", "浙江省温州市鹿城区示范工业园区东三路 128 号 5 幢 2 楼 0577-00000000"),
        LabelKind::Composition => data
            .with("upper", "coated_leather")
            .with("upper_second", "textile")
            .with("lining", "textile")
            .with("lining_second", "leather")
            .with("outsole", "leather")
            .with("outsole_second", "other"),
        LabelKind::MaterialLot => data
            .with("material_zh", "法国小牛皮 头层 深棕 1.2–1.4 mm 全粒面")
            .with("material_en", "French box calf, full grain, dark brown, 1.2–1.4 mm")
            .with("lot", "2603-017-FR-ANNONAY")
            .with("supplier", "示范皮业进出口有限公司 Demo Leather Import")
            .with("quantity", "1,250.75 m²")
            .with("location", "A-03-2 左 / B-11"),
        LabelKind::Location => data
            .with("location", "A-103-24-左")
            .with("place_zh", "皮料恒温恒湿库二楼东侧货架")
            .with("place_en", "Leather store, second floor, east racks"),
        LabelKind::Badge => data
            .with("factory", "示范（温州）手工定制皮鞋制造有限责任公司 Demo Bespoke")
            .with("name_zh", "买买提·阿卜杜热合曼")
            .with("name_en", "Mamat Abdurahman")
            .with("work_zh", "绷帮、缝沿条、修饰（带班）")
            .with("work_en", "Lasting, welting, finishing (lead)"),
        LabelKind::CommandCard => data
            .with("command_zh", "暂停·等待物料")
            .with("command_en", "Pause: waiting for material")
            .with("hint_zh", "先扫流转卡，再扫这张卡；料到后再扫流转卡继续。")
            .with("hint_en", "Scan the traveller, then this card; scan the traveller again to go on."),
        LabelKind::Shipping => data
            .with("tracking", "JDVA12345678901234-1")
            .with("carrier", "京东快递 JD Express 特快")
            .with("sender", "示范（温州）手工定制皮鞋制造有限责任公司，浙江省温州市鹿城区示范工业园区东三路 128 号 5 幢，0577-00000000")
            .with("recipient", "买买提·阿卜杜热合曼 先生")
            .with("telephone", "+86 138 0000 0000 转 12345")
            .with("address", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市经济合作区示范大道 1288 号阳光花园小区三期 12 幢 2 单元 1802 室")
            .with("contents", "手工定制皮鞋一双、鞋撑一副、鞋油两盒、保养卡 Bespoke shoes, 1 pair, with trees and polish")
            .with("parcel", "1/2")
            .with("note", "请勿折压，雨天请装防水袋，本人签收。Do not crush; signature required."),
        LabelKind::CareCard => data
            .with("passport_url", "https://passport.demo-bespoke.example.com.cn/p/W7K3M9QXC?l=zh")
            .with("style_zh", "三接头雕花牛津鞋·固特异沿条结构")
            .with("style_en", "Cap-toe brogue oxford, Goodyear welted, double sole")
            .with("care_zh", "穿一天歇一天，让皮革把汗气放出去。每次脱下马上放入雪松鞋撑。弄湿后用报纸吸水，阴凉处晾干，千万不要烘烤或暴晒。\
                每穿五到十次，用马毛刷扫去浮灰，薄涂同色鞋油，静置十分钟后抛光。大底磨到缝线之前请送回工坊换底，一双鞋可以换底多次。")
            .with("care_en", "Wear every other day, so that the leather dries out. Put cedar trees in at once. When wet, take the water up with newspaper \
                and dry in the shade, never near heat. Every five to ten wearings brush off the dust and polish thinly. Have the sole \
                replaced before the stitches are worn.")
            .with("made_for", "为李先生定制 · made for Mr Li")
            .with("work_order", "WO-2026-011742-B"),
    }
}
