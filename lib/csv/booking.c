#include "csv/mapping.h"

/* The bytes of booking.csv, as a list of numbers made by make. */
const unsigned char booking_mapping[] = {
#include "gen/booking.inc"
};
const size_t booking_mapping_size = sizeof booking_mapping;
