#pragma once

#include <vector>

namespace troupe::chain::crypto {

/// Replaces each number of a field by its inverse, for one inversion and three products each
/// (Montgomery's trick). None may be 0.
template <class Number>
void invert_all(std::vector<Number>& numbers) {
    std::vector<Number> before(numbers.size());
    Number product = Number::one();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        before[i] = product;
        product = product * numbers[i];
    }
    Number rest = product.inverted();
    for (std::size_t i = numbers.size(); i-- > 0;) {
        const Number inverse = rest * before[i];
        rest = rest * numbers[i];
        numbers[i] = inverse;
    }
}

}  // namespace troupe::chain::crypto
