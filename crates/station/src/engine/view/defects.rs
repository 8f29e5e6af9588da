//! Defects that an inspector can pick.

use cordwainer_protocol::station::DefectCard;

use super::super::Engine;

impl Engine {
    pub(in crate::engine) fn defects(&self) -> Vec<DefectCard> {
        let names = self.names();
        let card = |defect: &cordwainer_domain::quality::Defect| DefectCard {
            operation_name: names.operation(&defect.operation),
            defect: defect.clone(),
        };
        self.floor.image().defects.values().map(card).collect()
    }
}
