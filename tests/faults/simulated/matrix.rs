//! Rows of the fault matrix as short programs.

use cordwainer_faults::matrix::play;

/// One test for each row.
macro_rules! rows {
    ($($name:ident = $row:literal),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                match play($row) {
                    Ok(count) => assert!(count > 0, "row {} has no program", $row),
                    Err((steps, failure)) => {
                        panic!("row {} breaks a rule after step {}: {}\n{steps:#?}", $row, failure.after, failure.violation)
                    }
                }
            }
        )+
    };
}

rows! {
    power_lost_at_every_operation_of_recording_loses_nothing_that_was_confirmed = 1,
    power_lost_while_a_station_closes_and_opens_its_files_loses_nothing = 4,
    power_lost_at_every_operation_of_a_page_leaves_rows_and_cursor_together = 5,
    power_lost_while_a_damaged_cache_is_filled_again_leaves_the_outbox_alone = 6,
    a_torn_write_costs_nothing_that_was_confirmed = 8,
    a_sync_that_fails_is_told_or_made_good = 9,
    a_rotten_outbox_with_two_hundred_waiting_actions_is_made_again = 18,
    a_station_restored_from_an_image_goes_on_under_a_new_life = 23,
    a_clone_that_sends_second_loses_nothing = 24,
    a_clone_that_sends_first_loses_nothing = 25,
    a_server_restored_from_a_backup_is_offered_everything_again = 28,
    replies_that_are_lost_double_nothing = 32,
    pushes_that_arrive_long_after_newer_ones_change_nothing = 34,
    a_line_that_comes_and_goes_for_ten_minutes_loses_nothing = 37,
    a_station_with_a_wrong_clock_keeps_its_order_and_goes_on = 60,
}
