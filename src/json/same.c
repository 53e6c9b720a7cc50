#include <math.h>
#include <string.h>

#include "json/json.h"

static int
same_number(const json_t *a, const json_t *b)
{
	double d;

	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	if (json_is_real(a) && json_is_real(b))
		return json_real_value(a) == json_real_value(b);
	if (json_is_real(a))
		return same_number(b, a);
	/* An integer and a real: equal only when the real is that very integer; 2^63 is the first double beyond int64. */
	d = json_real_value(b);
	return d == floor(d) && d >= -0x1p63 && d < 0x1p63 && (json_int_t)d == json_integer_value(a);
}

static int
same_at(const json_t *a, const json_t *b, unsigned depth)
{
	void *it;
	size_t i;
	json_t *other;

	if (a == b)
		return 1;
	if (json_is_number(a) && json_is_number(b))
		return same_number(a, b);
	if (json_typeof(a) != json_typeof(b) || depth > LIMIT_JSON_DEPTH)
		return 0;
	if (json_is_string(a))
		return json_string_length(a) == json_string_length(b) &&
		    memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
	if (json_is_array(a)) {
		for (i = 0; i < json_array_size(a); i++)
			if (i >= json_array_size(b) || !same_at(json_array_get(a, i), json_array_get(b, i), depth + 1))
				return 0;
		return json_array_size(a) == json_array_size(b);
	}
	if (!json_is_object(a))
		return 1;
	if (json_object_size(a) != json_object_size(b))
		return 0;
	for (it = json_object_iter((json_t *)a); it != NULL; it = json_object_iter_next((json_t *)a, it)) {
		other = json_object_getn(b, json_object_iter_key(it), json_object_iter_key_len(it));
		if (other == NULL || !same_at(json_object_iter_value(it), other, depth + 1))
			return 0;
	}
	return 1;
}

int
json_same(const json_t *a, const json_t *b)
{
	return same_at(a, b, 0);
}
